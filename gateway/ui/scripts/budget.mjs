// Fails the build when what a browser must load has grown past its budget (README.md, Budgets).
import { readFileSync, statSync, existsSync } from 'node:fs'

const FIRST_LOAD_KB = 320
const PAGE_KB = 40
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const weigh = (file) => {
  const small = new URL(`${file}.br`, dist)
  return statSync(existsSync(small) ? small : new URL(file, dist)).size / 1000
}
const sum = (files) => [...new Set(files)].reduce((total, file) => total + weigh(file), 0)

function filesOf(name, seen = new Set()) {
  if (seen.has(name)) return []
  seen.add(name)
  const { file, css = [], imports = [] } = manifest[name]
  return [file, ...css, ...imports.flatMap((inner) => filesOf(inner, seen))]
}

const entry = Object.keys(manifest).find((name) => manifest[name].isEntry)
const first = new Set(filesOf(entry))
const font = manifest[entry].assets.find((file) => /inter-latin-wght-normal/.test(file))
const pages = Object.keys(manifest).filter((name) => manifest[name].isDynamicEntry)
const later = new Map(pages.map((name) => [name, filesOf(name).filter((file) => !first.has(file))]))
const users = (file) => pages.filter((name) => later.get(name).includes(file))
const shared = new Set([...later.values()].flat().filter((file) => users(file).length > 1))

// What only one page needs is that page's; what several need is weighed file by file.
const found = [['first load', sum([...first, font]), FIRST_LOAD_KB]]
for (const [name, files] of later) found.push([name, sum(files.filter((file) => !shared.has(file))), PAGE_KB])
for (const file of shared) found.push([`${file}, for ${users(file).length} pages`, weigh(file), PAGE_KB])

const over = found.filter(([, size, limit]) => size > limit)
for (const [name, size, limit] of over) console.error(`${name}: ${size.toFixed(0)} kB, may have ${limit} kB`)
if (over.length > 0) process.exit(1)
const largest = found.slice(1).toSorted((a, b) => b[1] - a[1])[0]
const told = ([name, size, limit]) => `${name} ${size.toFixed(0)} of ${limit} kB`
console.log(`${told(found[0])}, largest after it: ${told(largest)} (brotli)`)
