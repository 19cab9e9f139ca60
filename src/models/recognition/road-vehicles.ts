/** What lists of classes call a motor vehicle with four wheels or more, in the languages that public data sets speak. */
const ROAD_VEHICLE =
  /car|auto|vehicle|vehic|truck|bus|van\b|suv|pickup|lorry|taxi|jeep|trailer|coche|camion|voiture|lkw|pkw|fahrzeug|carro|mobil/i;
const OTHER = /cart|cargo ship|carrot|card|boat|ship|plane|toy|motor|auto-?rickshaw|traffic/i;

/** Whether a class of this name is one that the cars, trucks and buses of a drawn road may be taken for. */
export function isRoadVehicle(name: string): boolean {
  return ROAD_VEHICLE.test(name) && !OTHER.test(name);
}
