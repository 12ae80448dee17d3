/** The office that the tests with real telephones call in. */
export function officePlan(more = ''): string {
  return `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en, ru], owner: ann }
numbering:
  ranges:
    "200-299": { for: people, purpose: Office, owner: ann }
    "600-619": { for: groups, purpose: Groups, owner: ann }
  emergency: ["112"]
people:
  ann: { name: Ann, extension: "201", department: sales }
  bob: { name: Bob, extension: "202", department: sales }
  cid: { name: Cid, extension: "203" }
  dee: { name: Dee, extension: "204" }
departments:
  sales: { lead: ann, shows: "+77272500000" }
${more}`
}
