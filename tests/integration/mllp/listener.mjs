// An MLLP listener of the tests: stores HL7 messages by their control id, acknowledges them, and breaks off as it is told
// to: each message meets each fault once, in turn, before it is answered.
//
//   node listener.mjs DIR FAULT...   writes DIR/port, DIR/log and DIR/store.json: who is registered, by MRN
//
// Faults: cut (in the middle of the message), unanswered (stored, no answer), half (stored, half of the answer), stale
// (an answer to another message first), noise (the answer is none), silent (no answer, connection kept), hold (the same,
// and said in the log), AE, AR.
import { createServer } from 'node:net'
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'

const [dir, ...faults] = process.argv.slice(2)
const people = new Map()
const messages = new Map() // control id -> bytes
const met = new Map()
const log = line => appendFileSync(`${dir}/log`, line + '\n')

function save() {
  writeFileSync(`${dir}/store.tmp`, JSON.stringify([...people.values()]))
  renameSync(`${dir}/store.tmp`, `${dir}/store.json`)
}

const unescape = text => text.replace(/\\([FSTRE])\\/g, (_, c) => ({ F: '|', S: '^', T: '&', R: '~', E: '\\' })[c])

function read(bytes) {
  const ascii = bytes.toString('latin1')
  const charset = ascii.split('\r')[0].split('|')[17]
  const known = { 'UNICODE UTF-8': 'utf-8', 'GB 18030-2000': 'gb18030' }[charset]
  if (known === undefined) throw new Error(`charset ${charset}`)
  const segments = new TextDecoder(known, { fatal: true }).decode(bytes).split('\r').filter(Boolean).map(s => s.split('|'))
  const [msh, evn, pid, pv1] = ['MSH', 'EVN', 'PID', 'PV1'].map(name => segments.find(s => s[0] === name))
  if (evn === undefined || pv1 === undefined || segments.length !== 4) throw new Error('segments')
  const numbers = Object.fromEntries(pid[3].split('~').map(n => n.split('^')).map(n => [n[4], { value: n[0], by: n[3] }]))
  const phone = pid[13].split('~').map(t => t.split('^')).find(t => t[2] === 'CP')
  return {
    charset, control: msh[9], event: msh[8].split('^')[1], structure: msh[8].split('^')[2], version: msh[11],
    sender: msh.slice(2, 6).join('/'), mrn: numbers.MR.value, authority: numbers.MR.by, resident_id: numbers.NI?.value,
    name: unescape(pid[5].split('^').slice(0, 2).join('')), birth: pid[7], sex: pid[8], phone: phone?.[0],
    address: unescape(pid[11].split('^')[0]), class: pv1[2], visit: pv1[19]?.split('^')[0] ?? null
  }
}

function take(bytes, m) {
  const known = messages.get(m.control)
  if (known !== undefined) {
    log(known.equals(bytes) ? 'repeated' : 'DIFFERS')
    return
  }
  messages.set(m.control, bytes)
  log(`${m.event}`)
  if (m.event === 'A04' || m.event === 'A28') {
    if (people.has(m.mrn)) log('TWICE')
    people.set(m.mrn, m)
  } else {
    people.delete(m.mrn)
  }
  save()
}

const answer = (control, code) =>
  Buffer.from(`\x0bMSH|^~\\&|HIS|H|REG|H|20260101000000||ACK^A28^ACK|a${control}|P|2.5\rMSA|${code}|${control}\r\x1c\r`)

function on_message(socket, bytes) {
  const m = read(bytes)
  const n = met.get(m.control) ?? 0
  met.set(m.control, n + 1)
  const how = faults[n]
  if (how !== undefined) log(how)
  if (how === 'cut') return socket.resetAndDestroy()
  if (how === 'AE' || how === 'AR') return socket.write(answer(m.control, how))
  take(bytes, m)
  const whole = answer(m.control, 'AA')
  if (how === 'unanswered') socket.destroy()
  else if (how === 'half') socket.end(whole.subarray(0, whole.length / 2))
  else if (how === 'noise') socket.write('\x0bhello\x1c\r')
  else if (how !== 'silent' && how !== 'hold') {
    if (how === 'stale') socket.write(answer('1' + m.control, 'AE'))
    // in two pieces, so that a reader that takes a piece for a message is found out
    socket.write(whole.subarray(0, 7), () => setTimeout(() => socket.destroyed || socket.write(whole.subarray(7)), 5))
  }
}

const server = createServer({ noDelay: true }, socket => {
  let bytes = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', piece => {
    bytes = Buffer.concat([bytes, piece])
    for (;;) {
      const start = bytes.indexOf(0x0b), end = bytes.indexOf('\x1c\r')
      if (start < 0 || end < start) return
      const message = bytes.subarray(start + 1, end)
      bytes = bytes.subarray(end + 2)
      on_message(socket, message)
    }
  })
})
save()
server.listen(0, '127.0.0.1', () => writeFileSync(`${dir}/port`, String(server.address().port)))
