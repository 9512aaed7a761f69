// Reads files for calendars as ical.js does, by the time zone that stands in them.
// In: one line, a JSON list of files. Out: a JSON list with what each event says; instants in UTC.

import { createInterface } from "node:readline";
import ICAL from "ical.js";

function read(file) {
  const calendar = new ICAL.Component(ICAL.parse(file));
  const events = calendar.getAllSubcomponents("vevent");
  const event = new ICAL.Event(events[0]);
  const instant = (time) => {
    if (!time.zone.component) throw new Error(`in ${time.zone.tzid}, not in the zone of the file`);
    return new Date(time.toUnixTime() * 1000).toISOString();
  };
  return {
    events: events.length,
    uid: event.uid,
    sequence: event.sequence,
    status: events[0].getFirstPropertyValue("status"),
    summary: event.summary,
    description: event.description,
    location: event.location,
    starts_at: instant(event.startDate),
    ends_at: instant(event.endDate),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(JSON.parse(line).map(read)));
  break;
}
