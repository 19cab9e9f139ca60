import { useLanguage } from '../words/language.ts';

const NAMES: Readonly<Record<'en' | 'es', Readonly<Record<string, string>>>> = {
  en: { car: 'car', truck: 'lorry', bus: 'bus', motorcycle: 'motorcycle', bicycle: 'bicycle', van: 'van' },
  es: {
    car: 'turismo',
    truck: 'camión',
    bus: 'autobús',
    motorcycle: 'motocicleta',
    bicycle: 'bicicleta',
    van: 'furgoneta',
  },
};

/** What a class of vehicles is called; one that nobody named stays as the model calls it. */
export function useVehicleClass(): (name: string) => string {
  const names = NAMES[useLanguage()];
  return (name) => names[name] ?? name;
}
