// node check_html.mjs FOLDER: one line for each fault in the .html files of the folder.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const folder = process.argv[2];
const rules = JSON.parse(readFileSync(new URL("htmlvalidate.json", import.meta.url), "utf8"));
const validator = new HtmlValidate(new StaticConfigLoader(rules));

for (const name of readdirSync(folder).filter((name) => name.endsWith(".html"))) {
  const report = await validator.validateString(readFileSync(join(folder, name), "utf8"), name);
  for (const { messages } of report.results) {
    for (const { ruleId, message, line, selector } of messages) {
      console.log(`${name}:${line} ${ruleId}: ${message} (${selector ?? "no element"})`);
    }
  }
}
