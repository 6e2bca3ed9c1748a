// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { KAFKA } from '../../test/real/programs.ts'
import { installDebianPackages } from './debian-packages.ts'
import { makeFolder } from './make-folder.ts'
import { runTool } from './run-tool.ts'
import { toolRuns } from './tool-runs.ts'

/** What Maven needs to know to fetch Kafka, which is a program in Java, and what it logs by. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA.version}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`

const START = `#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
exec java -Xmx512m -cp "$(dirname "$0")/../lib/*" "$@"
`

/** Kafka, from Maven Central: `bin/kafka <class> <argument>…` runs it. */
export function fetchKafka(folder: string): void {
  if (!toolRuns('mvn', ['-version'])) installDebianPackages(['maven', 'default-jre-headless'])
  makeFolder(folder, (temporary) => {
    const lib = path.join(temporary, 'lib')
    writeFileSync(path.join(temporary, 'pom.xml'), POM)
    runTool('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`], { cwd: temporary })
    mkdirSync(path.join(temporary, 'bin'))
    writeFileSync(path.join(temporary, 'bin/kafka'), START, { mode: 0o755 })
  })
}
