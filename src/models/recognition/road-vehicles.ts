/** What lists of classes call a motor vehicle with four wheels or more, in the languages that public data sets speak. */
const ROAD_VEHICLE = new RegExp(
  [
    'car|auto|vehic|truck|bus|van\\b|suv|pickup|lorry|taxi|jeep|trailer', // English
    'lkw|pkw|lastwagen|transporter|fahrzeug|coche|cami[oó]n|furg|voiture|v[eé]hicule|ve[ií]c|caminh|[oô]nibus|mobil',
    'samoch|ci[eę]żar|ara[cç]|araba|kamyon|otob|truk|\\bbis\\b|xe (?:hơi|tải|buýt|con|khách)|ô ?tô',
    'легков|грузов|автоб|автомоб|машин|фургон|вантаж',
    '汽车|轿车|卡车|货车|客车|公交|巴士|车辆|機動車|小客車|貨車|乗用車|自動車|トラック|バス|차량|자동차|승용차|트럭|버스',
    'سيارة|شاحنة|حافلة|कार|ट्रक|बस',
  ].join('|'),
  'i',
);
const OTHER = /cart|cargo ship|carrot|card|boat|ship|plane|toy|motor|auto-?rickshaw|traffic/i;

/** Whether a class of this name is one that the cars, trucks and buses of a drawn road may be taken for. */
export function isRoadVehicle(name: string): boolean {
  return ROAD_VEHICLE.test(name) && !OTHER.test(name);
}
