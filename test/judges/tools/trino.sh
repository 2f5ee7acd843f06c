#!/usr/bin/env bash
# trino.sh FOLDER: puts the Trino server of the judge's pom.xml there, with its Hive connector, by Maven from wherever it is set up
# to fetch from. Some 370 MB are fetched; what Maven keeps of them goes away again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
target=$(cd "$1" && pwd)
fetched=$(mktemp -d "$target/fetched.XXXXXX")
trap 'rm -rf "$fetched"' EXIT
mvn -B -q -f "$here/../trino/pom.xml" -Dmaven.repo.local="$fetched/repository" \
  org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$fetched/jars"
mkdir "$fetched/server"
tar -xzf "$fetched"/jars/trino-server-core-*.tar.gz -C "$fetched/server" --strip-components=1
rm "$fetched"/jars/trino-server-core-*.tar.gz
# Connectors and extensions that nothing here asks for only lengthen the start.
rm -rf "$fetched/server/plugin"
mkdir "$fetched/server/plugin"
mv "$fetched/jars" "$fetched/server/plugin/hive"
# A plugin is found by this entry; the published archives carry it in a jar of its own, which is not among the dependencies.
mkdir -p "$fetched/entry/META-INF/services"
echo io.trino.plugin.hive.HivePlugin >"$fetched/entry/META-INF/services/io.trino.spi.Plugin"
(cd "$fetched/entry" && python3 -m zipfile -c "$fetched/server/plugin/hive/services.jar" META-INF)
mv "$fetched/server" "$target/server"
