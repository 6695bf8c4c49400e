/**
 * `npm run sweep:vault`: the vault at the number that the catalogue of goals asks for, 300,000 people: rotation of the key-encryption key while numbers are
 * shown, what the superuser's dump, the files and the source reveal, and the vault rebuilt from three of five shares after it was destroyed.
 */
import { runLongTests } from "./long-tests.ts";

await runLongTests("vault", {
  keys: { file: "vault/test/keys/full-number.test.ts", setting: ["HAGUKUMI_VAULT_PERSONS", "300000"] },
});
