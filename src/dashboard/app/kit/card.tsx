import type { ComponentChildren } from 'preact';
import { Coded } from './coded.tsx';

interface CardProps {
  readonly title: string;
  /** One line under the title: what this is. */
  readonly hint?: string | undefined;
  /** At the right of the title. */
  readonly aside?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A part of a page with a heading. */
export function Card({ title, hint, aside, children }: CardProps) {
  return (
    <section class="card">
      <div class="card-top">
        <h2>{title}</h2>
        {aside}
      </div>
      {hint !== undefined && (
        <p class="soft">
          <Coded text={hint} />
        </p>
      )}
      {children}
    </section>
  );
}
