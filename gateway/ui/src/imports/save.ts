/** Hand a file to the person's own folder; nothing of it stays in the page. */
export function save(content: unknown, name: string): void {
  const address = URL.createObjectURL(content as Blob)
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  URL.revokeObjectURL(address)
}
