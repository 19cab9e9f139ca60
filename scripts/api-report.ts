import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { PROJECT_ROOT } from '../src/foundation/home.js';

const FOLDER = join(PROJECT_ROOT, 'docs', 'api');

/** What every part of the package exports, as the build declares it: the text of a report by its file. */
export function apiReports(): ReadonlyMap<string, string> {
  const faces = facesOf();
  const program = ts.createProgram([...faces.values()], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: ['node'],
    skipLibCheck: true,
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  return new Map(
    [...faces].map(([name, file]) => {
      const [, subpath = 'index'] = name.split('/');
      const face = checker.getSymbolAtLocation(program.getSourceFile(file)!);
      if (face === undefined) throw new Error(`${file} exports nothing: build the project first`);
      return [join(FOLDER, `${subpath}.api.md`), report(name, checker.getExportsOfModule(face), checker)];
    }),
  );
}

/** By the name that is imported: the declarations that the build made of it. */
function facesOf(): Map<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, string | { types: string }>;
  };
  return new Map(
    Object.entries(exports).flatMap(([subpath, target]) =>
      typeof target === 'string' ? [] : [[join(name, subpath), join(PROJECT_ROOT, target.types)]],
    ),
  );
}

function report(name: string, exported: readonly ts.Symbol[], checker: ts.TypeChecker): string {
  const texts = exported
    .map((symbol) => [symbol.name, declarationsOf(symbol, checker)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text);
  return [
    `# ${name}`,
    '',
    'What can be imported, without its comments. `npm run docs` brings it up to date.',
    '',
    '```ts',
    texts.join('\n\n'),
    '```',
    '',
  ].join('\n');
}

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

function declarationsOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const found = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const texts = (found.declarations ?? []).map((declaration) => {
    const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    const shown = ts.isClassDeclaration(node) ? withoutPrivates(node) : node;
    const [ordered] = ts.transform<ts.Node>(shown, [inOrder(node.getSourceFile())]).transformed;
    return printer.printNode(ts.EmitHint.Unspecified, ordered!, node.getSourceFile());
  });
  if (texts.length === 0) throw new Error(`${symbol.name} is declared nowhere: build the project first`);
  return texts.join('\n');
}

/** Compilers write what they infer in orders of their own: members of literal types, and of unions, in that of their text. */
function inOrder(file: ts.SourceFile): ts.TransformerFactory<ts.Node> {
  const textOf = (node: ts.Node) => printer.printNode(ts.EmitHint.Unspecified, node, file);
  const sorted = <T extends ts.Node>(nodes: readonly T[]): T[] =>
    nodes
      .map((node) => [textOf(node), node] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, node]) => node);
  return (context) => {
    const visit = (node: ts.Node): ts.Node => {
      const seen = ts.visitEachChild(node, visit, context);
      if (ts.isTypeLiteralNode(seen)) return ts.factory.createTypeLiteralNode(sorted(seen.members));
      if (ts.isUnionTypeNode(seen)) return ts.factory.createUnionTypeNode(sorted(seen.types));
      return seen;
    };
    return visit;
  };
}

function withoutPrivates(node: ts.ClassDeclaration): ts.ClassDeclaration {
  const members = node.members.filter(
    (member) =>
      !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) &&
      !(member.name !== undefined && ts.isPrivateIdentifier(member.name)),
  );
  const { modifiers, name, typeParameters, heritageClauses } = node;
  return ts.factory.updateClassDeclaration(node, modifiers, name, typeParameters, heritageClauses, members);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [file, text] of apiReports()) writeFileSync(file, text);
}
