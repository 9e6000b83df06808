import type { Diagnostic } from '../model/diagnostic.js'

/** Findings as a SARIF 2.1.0 log, for code scanning. `version` is rtdash's own. */
export function formatSarif(diagnostics: readonly Diagnostic[], version: string): string {
  const codes = [...new Set(diagnostics.map(diagnostic => diagnostic.code))].sort()
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'rtdash', version, rules: codes.map(id => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map(({ code, severity, message, span, fix }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: severity,
          message: { text: fix ? `${message} (${fix})` : message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(span.file.replaceAll('\\', '/')) },
                region: {
                  startLine: span.line,
                  startColumn: span.column,
                  endLine: span.endLine,
                  endColumn: span.endColumn,
                },
              },
            },
          ],
        })),
      },
    ],
  }
  return JSON.stringify(log, null, 2)
}
