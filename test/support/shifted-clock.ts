/** Imported before a program: its clock is `CLOCK_SHIFT_MS` off, and the program does not know. */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
const rightNow = Date.now;
const now = () => rightNow() + shiftMs;

globalThis.Date = new Proxy(Date, {
  construct: (date, args) => Reflect.construct(date, args.length > 0 ? args : [now()]),
  apply: (date) => new date(now()).toString(),
  get: (date, name) => (name === 'now' ? now : Reflect.get(date, name)),
});
