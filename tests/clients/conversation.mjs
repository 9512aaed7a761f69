// What a client says to the test and hears from it: one line of JSON each.
import { createInterface } from 'node:readline'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

// The next thing the test says.
export async function hear() {
  const { value, done } = await lines.next()
  if (done) throw new Error('the test says nothing more')
  return JSON.parse(value)
}

// Tell the test something.
export function tell(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}

// Let the person's browser open an address; where it ends.
export async function open(address) {
  tell({ open: String(address) })
  return new URL((await hear()).ended)
}
