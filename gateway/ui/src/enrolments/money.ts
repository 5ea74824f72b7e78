/** Singapore dollars as the API tells them, with its cents: `S$250.00`. */
export function dollars(amount: string | number): string {
  const number = Number(amount)
  return `${number < 0 ? '−' : ''}S$${Math.abs(number).toFixed(2)}`
}

/** A typed amount as it travels: text, so that no cent is lost. */
export function cents(amount: string | number): string {
  return Number(amount).toFixed(2)
}
