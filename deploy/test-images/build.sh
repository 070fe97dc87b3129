#!/usr/bin/env bash
# Makes the three images that "./vc test --containers" needs, from Debian packages and the Kafka and Keycloak that this project is built with:
# for machines that reach no image registry. Needs root, mmdebstrap, a built project (./vc up once, or ./mvnw package) and a container
# engine. Usage:
#   deploy/test-images/build.sh [DEBIAN_RELEASE]
set -euo pipefail

here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
built=$here/../local/target
libraries=$built/lib
keycloak=$(echo "$built"/keycloak/keycloak-*.tar.gz)
release=${1:-bookworm}

[[ -e $(echo "$libraries"/kafka_*.jar) ]] || { echo "$libraries has no Kafka: build the project first" >&2; exit 1; }
[[ -e $keycloak ]] || { echo "$keycloak is missing: build the project first" >&2; exit 1; }
for program in mmdebstrap docker; do
  command -v "$program" >/dev/null || { echo "$program is not installed" >&2; exit 1; }
done

kafka=$(mktemp -d)
trap 'rm -rf "$kafka"' EXIT
cp "$libraries"/*.jar "$kafka"
rm "$kafka"/embedded-postgres-*.jar

mmdebstrap --variant=minbase --include=postgresql \
  --customize-hook="copy-in $here/postgres-entrypoint /usr/local/bin" "$release" - |
  docker import --change 'ENTRYPOINT ["/usr/local/bin/postgres-entrypoint"]' --change 'EXPOSE 5432' - archipelago/test-postgres

# shellcheck disable=SC2016 # $1 is for mmdebstrap
mmdebstrap --variant=minbase --include=openjdk-17-jre-headless \
  --customize-hook='mkdir -p "$1/etc/kafka/docker" "$1/opt/kafka"' \
  --customize-hook="cp $kafka/*.jar \"\$1/opt/kafka/\"" \
  --customize-hook="copy-in $here/run /etc/kafka/docker" "$release" - |
  docker import --change 'EXPOSE 9092' --change 'CMD ["/etc/kafka/docker/run"]' - archipelago/test-kafka

# shellcheck disable=SC2016 # $1 is for mmdebstrap
mmdebstrap --variant=minbase --include=openjdk-17-jre-headless \
  --customize-hook='mkdir -p "$1/opt/keycloak"' \
  --customize-hook="tar -xf $keycloak -C \"\$1/opt/keycloak\" --strip-components=1 --no-same-owner" "$release" - |
  docker import --change 'EXPOSE 8080' --change 'ENTRYPOINT ["/opt/keycloak/bin/kc.sh"]' - archipelago/test-keycloak
