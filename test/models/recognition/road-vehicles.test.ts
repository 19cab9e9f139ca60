import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isRoadVehicle } from '../../../src/models/recognition/road-vehicles.js';

test('cars, trucks and buses are known by their names in many languages', () => {
  const names =
    'car Truck minivan auto LKW Lastwagen camión furgoneta voiture caminhão ônibus samochód otobüs грузовик автобус';
  for (const name of [...names.split(' '), '汽车', '卡车', '公交车', 'トラック', '트럭', 'xe tải', 'شاحنة', 'ट्रक']) {
    assert.ok(isRoadVehicle(name), name);
  }
});

test('what has fewer wheels, or another road, is none of them', () => {
  for (const name of [
    'person',
    'bicycle',
    'motorcycle',
    'boat',
    'shopping cart',
    'carrot',
    '自行车',
    '摩托车',
    'велосипед',
    '0',
  ]) {
    assert.not(isRoadVehicle(name), name);
  }
});

test.run();
