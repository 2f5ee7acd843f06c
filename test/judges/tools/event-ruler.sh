#!/usr/bin/env bash
# event-ruler.sh FOLDER: the jars of the event-ruler judge's pom.xml, by Maven.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mvn -B -q -f "$here/../event-ruler/pom.xml" -Dmaven.repo.local="$1/repository" \
  org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$1"
rm -rf "$1/repository"
