// The only file that reads or writes a date. Everything is Singapore's (UTC+8, no daylight saving), whatever the desk's
// clock or zone says: instants travel as UTC text, days as YYYY-MM-DD text, and `now` is the system's own.

const ZONE = 'Asia/Singapore'
const OFFSET = '+08:00'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const parts = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23'
})

type Part = 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second'

function read(at: number): Record<Part, string> {
  return Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value])) as Record<Part, string>
}

let ahead = 0

/** Count from the server's time from here on. */
export function setNow(told: string): void {
  ahead = Date.parse(told) - Date.now()
}

/** The system's time, in milliseconds. */
export function now(): number {
  return Date.now() + ahead
}

export function isoNow(): string {
  return new Date(now()).toISOString()
}

/** `23 Nov 2026, 09:30 SGT` */
export function instant(at: string): string {
  return `${instantShort(at)} SGT`
}

/** `23 Nov 2026, 09:30`, where a column's head says SGT. */
export function instantShort(at: string): string {
  const { day, month, year, hour, minute } = read(Date.parse(at))
  return `${day} ${month} ${year}, ${hour}:${minute}`
}

/** `23 Nov 2026, 09:30:05`, where order within a minute matters. */
export function instantExact(at: string): string {
  return `${instantShort(at)}:${read(Date.parse(at)).second}`
}

/** `Mon 23 Nov, 09:30 SGT`, for the clock on the wall. */
export function wallClock(at: number): string {
  const { weekday, day, month, hour, minute } = read(at)
  return `${weekday} ${day} ${month}, ${hour}:${minute} SGT`
}

/** `09:30` */
export function clockTime(at: string): string {
  const { hour, minute } = read(Date.parse(at))
  return `${hour}:${minute}`
}

/** `2026-11-23 09:30:00`, Singapore's: for parts that draw by the clock on the wall and know no zones. */
export function wallTime(at: string | number): string {
  const shifted = new Date((typeof at === 'string' ? Date.parse(at) : at) + 8 * HOUR)
  return shifted.toISOString().slice(0, 19).replace('T', ' ')
}

/** A day as it travels, `2026-11-23`, as people read it: `23 Nov 2026`. */
export function day(on: string): string {
  const { day, month, year } = read(Date.parse(`${on}T12:00:00${OFFSET}`))
  return `${day} ${month} ${year}`
}

/** `23 Nov`, where the year goes without saying. */
export function dayShort(on: string): string {
  const { day, month } = read(Date.parse(`${on}T12:00:00${OFFSET}`))
  return `${day} ${month}`
}

/** Two days as one span: `23–25 Nov 2026`. */
export function days(from: string, to: string): string {
  if (from === to) return day(from)
  const first = read(Date.parse(`${from}T12:00:00${OFFSET}`))
  const last = read(Date.parse(`${to}T12:00:00${OFFSET}`))
  if (first.year !== last.year) return `${day(from)} – ${day(to)}`
  if (first.month !== last.month) return `${dayShort(from)} – ${day(to)}`
  return `${first.day}–${day(to)}`
}

/** The Singapore day of an instant, as it travels. */
export function dayOf(at: string | number): string {
  const shifted = new Date((typeof at === 'string' ? Date.parse(at) : at) + 8 * HOUR)
  return shifted.toISOString().slice(0, 10)
}

export function today(): string {
  return dayOf(now())
}

/** A day so many days later. */
export function plusDays(on: string, count: number): string {
  return dayOf(Date.parse(`${on}T12:00:00${OFFSET}`) + count * DAY)
}

/** How many days later the second day is. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY)
}

/** The Monday of a day's week. */
export function mondayOf(on: string): string {
  const weekday = (new Date(Date.parse(on)).getUTCDay() + 6) % 7
  return plusDays(on, -weekday)
}

/** `Mon 23 Nov` */
export function weekday(on: string): string {
  const { weekday, day, month } = read(Date.parse(`${on}T12:00:00${OFFSET}`))
  return `${weekday} ${day} ${month}`
}

/** What somebody typed as day and time, as an instant: `2026-11-23` and `09:30` in Singapore. */
export function instantFrom(on: string, time: string): string {
  return `${on}T${time}:00${OFFSET}`
}

/** The first instant of a Singapore day, in UTC. */
export function startOf(on: string): string {
  return new Date(Date.parse(`${on}T00:00:00${OFFSET}`)).toISOString()
}

/** `in 8 h`, `5 h ago`, `now`; always shown with the whole instant as its title. */
export function relative(at: string, from: number = now()): string {
  const left = Date.parse(at) - from
  const size = span(Math.abs(left))
  if (size === '') return 'now'
  return left > 0 ? `in ${size}` : `${size} ago`
}

/** `8 h`, `3 d`, `12 min`; empty below a minute. */
export function span(milliseconds: number): string {
  if (milliseconds < MINUTE) return ''
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h`
  return `${Math.floor(milliseconds / DAY)} d`
}

/** How long a call took: `840 ms`, `1.2 s`. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

/** The month of a day, as it travels: `2026-11`. */
export function monthOf(on: string): string {
  return on.slice(0, 7)
}

/** `November 2026` */
export function monthName(month: string): string {
  return new Intl.DateTimeFormat('en-SG', { timeZone: ZONE, month: 'long', year: 'numeric' }).format(
    Date.parse(`${month}-15T12:00:00${OFFSET}`)
  )
}

/** A month's days in weeks from Monday on; null where a week reaches into another month. */
export function weeksOf(month: string): (string | null)[][] {
  const first = `${month}-01`
  const before = (new Date(`${first}T12:00:00Z`).getUTCDay() + 6) % 7
  const cells: (string | null)[] = Array.from({ length: before }, () => null)
  for (let on = first; monthOf(on) === month; on = plusDays(on, 1)) cells.push(on)
  while (cells.length % 7 !== 0) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
}

/**
 * What is due on a Singapore day: a due instant is the first that is too late, mostly the midnight that ends the day,
 * so the day begins just after its own midnight and ends with the next.
 */
export function dueOn(on: string): { due_from: string; due_until: string } {
  return { due_from: justAfter(on), due_until: justAfter(plusDays(on, 1)) }
}

function justAfter(day: string): string {
  return new Date(Date.parse(startOf(day)) + 1).toISOString()
}
