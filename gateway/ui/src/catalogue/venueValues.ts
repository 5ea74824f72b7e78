import type { Schema } from '~/api/client'
import { differing } from '~/api/patch'
import { rules } from '~/api/rules'
import { numberOf, type Typed } from './numbers'

export type Venue = Schema['VenueView']

const ADDRESS = ['block', 'street', 'floor', 'unit', 'building', 'postal_code', 'room'] as const
type Address = (typeof ADDRESS)[number]

export type VenueValues = Record<Address, string> & { name: string; wheelchair_access: boolean; capacity: Typed }

export const venueRules = rules('VenueWish', {
  name: 'the name',
  block: 'the block',
  street: 'the street',
  floor: 'the floor',
  unit: 'the unit',
  building: 'the building',
  postal_code: 'the postal code',
  room: 'the room',
  capacity: 'the capacity'
})

export function valuesOf(venue: Venue | null): VenueValues {
  return {
    ...(Object.fromEntries(ADDRESS.map((part) => [part, venue?.[part] ?? ''])) as Record<Address, string>),
    name: venue?.name ?? '',
    wheelchair_access: venue?.wheelchair_access ?? false,
    capacity: venue?.capacity ?? ''
  }
}

/** What was left empty is not known. */
export function wishOf(values: VenueValues): Schema['VenueWish'] {
  return {
    ...Object.fromEntries(ADDRESS.map((part) => [part, values[part].trim() || null])),
    name: values.name.trim(),
    wheelchair_access: values.wheelchair_access,
    capacity: numberOf(values.capacity)
  }
}

/** Only what differs from what was read. */
export function patchOf(values: VenueValues, venue: Venue): Schema['VenuePatch'] {
  return differing(wishOf(values), wishOf(valuesOf(venue)))
}

/** `Blk 1 Demo Road #02-11, Singapore 408533`, as far as it is known; null when nothing is. */
export function addressOf({ block, street, floor, unit, building, postal_code }: Venue): string | null {
  const door = floor && unit ? `#${floor}-${unit}` : null
  const road = [block && `Blk ${block}`, street, door].filter(Boolean).join(' ')
  return [road, building, postal_code && `Singapore ${postal_code}`].filter(Boolean).join(', ') || null
}

/** What TPGateway asks of places where people meet, and this one does not have yet. */
export function missingParts(venue: Venue): string[] {
  const asked = { floor: 'floor', unit: 'unit', postal_code: 'postal code', room: 'room' } as const
  return (Object.keys(asked) as (keyof typeof asked)[]).filter((part) => !venue[part]).map((part) => asked[part])
}
