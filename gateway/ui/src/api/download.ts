export type Download = { name: string; content: Blob }

/** What the API answered as a file, with the name it gave it; for calls made with `parseAs: 'blob'`. */
export async function download(answer: Promise<{ data?: unknown; response: Response }>): Promise<{ data: Download }> {
  const { data, response } = await answer
  return { data: { name: nameOf(response), content: data as Blob } }
}

/** Hands a file to the browser, which keeps it where its person keeps downloads. */
export function keep({ name, content }: Download): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The browser has taken hold of it by then; freeing it at once would take it away again.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** A file of our own making. */
export function keepJson(name: string, value: unknown): void {
  keep({ name, content: new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }) })
}

function nameOf(response: Response): string {
  return /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'download'
}
