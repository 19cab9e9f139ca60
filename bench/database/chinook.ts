import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadSqlite } from '../../src/store/sqlite.js';
import type { BenchDatabase } from './workloads.js';

/** The record shop that databases are taught with, without the indexes of its foreign keys: small tables, joins, reports. */
export const chinook: BenchDatabase = {
  name: 'Chinook',
  make: (file, data) => {
    const original = join(data, 'chinook/Chinook_Sqlite.sqlite');
    if (!existsSync(original)) return `no ${original}`;
    copyFileSync(original, file);
    chmodSync(file, 0o600);
    const sqlite = new (loadSqlite())(file);
    const indexes = sqlite
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
      .all();
    for (const { name } of indexes) sqlite.exec(`DROP INDEX "${name}"`);
    sqlite.close();
    return null;
  },
  workload: [
    { sql: 'SELECT * FROM Track WHERE AlbumId = 141', count: 50 },
    {
      sql: 'SELECT t.Name, a.Title FROM Track t JOIN Album a ON a.AlbumId = t.AlbumId WHERE a.ArtistId = 90',
      count: 30,
    },
    {
      sql: 'SELECT ar.Name, count(*) FROM Artist ar JOIN Album al ON al.ArtistId = ar.ArtistId JOIN Track t ON t.AlbumId = al.AlbumId GROUP BY ar.ArtistId ORDER BY 2 DESC LIMIT 10',
      count: 5,
    },
    { sql: 'SELECT InvoiceId, Total FROM Invoice WHERE CustomerId = 17 ORDER BY InvoiceDate DESC', count: 40 },
    {
      sql: 'SELECT t.Name, il.Quantity FROM InvoiceLine il JOIN Track t ON t.TrackId = il.TrackId WHERE il.InvoiceId = 98',
      count: 40,
    },
    {
      sql: 'SELECT g.Name, sum(il.UnitPrice * il.Quantity) FROM InvoiceLine il JOIN Track t ON t.TrackId = il.TrackId JOIN Genre g ON g.GenreId = t.GenreId GROUP BY g.Name',
      count: 2,
    },
    {
      sql: 'SELECT p.Name FROM PlaylistTrack pt JOIN Playlist p ON p.PlaylistId = pt.PlaylistId WHERE pt.TrackId = 3402',
      count: 30,
    },
    { sql: "SELECT * FROM Customer WHERE Email = 'luisg@embraer.com.br'", count: 20 },
    {
      sql: "SELECT BillingCountry, sum(Total) FROM Invoice WHERE InvoiceDate >= '2012-01-01' GROUP BY BillingCountry ORDER BY 2 DESC",
      count: 5,
    },
    { sql: "SELECT Name FROM Track WHERE Composer = 'AC/DC' ORDER BY Name", count: 10 },
    { sql: 'SELECT count(*) FROM Track WHERE Milliseconds > 5000000', count: 10 },
    { sql: 'SELECT count(*) FROM InvoiceLine WHERE TrackId = 2', count: 10 },
    {
      sql: 'SELECT e.LastName, count(c.CustomerId) FROM Employee e LEFT JOIN Customer c ON c.SupportRepId = e.EmployeeId GROUP BY e.EmployeeId',
      count: 5,
    },
    {
      sql: 'INSERT INTO InvoiceLine (InvoiceLineId, InvoiceId, TrackId, UnitPrice, Quantity) VALUES (900001, 98, 3402, 0.99, 1)',
      count: 50,
    },
  ],
};
