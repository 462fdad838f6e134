#!/usr/bin/env bash
# A login with Doublecheck's page, in curl. Allowed beforehand: clients allow-return NAME http://127.0.0.1:8000/done
set -euo pipefail
organization=${1:-acme} user=${2:-42} return_url=${3:-http://127.0.0.1:8000/done}

call() {
  curl -sS --max-time 10 -X "$1" "$DOUBLECHECK_URL$2" -H "authorization: Bearer $DOUBLECHECK_API_KEY" \
    ${3:+-H 'content-type: application/json' -d "$3"}
}
field() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

who="\"organizationId\":\"$organization\",\"userId\":\"$user\",\"app\":{\"name\":\"company-panel\"}"
started=$(call POST /v1/challenges "{$who,\"returnUrl\":\"$return_url\"}")
id=$(field id <<<"$started")
echo "Open $(field pageUrl <<<"$started")"
read -rp 'The address that the browser came back to: ' came_back

# A backend compares the challenge with the one in this browser's session.
[[ $came_back == *"challenge=$id"* ]] || { echo 'Not let in: another login'; exit 1; }
proof=$(grep -o 'proof=[^&]*' <<<"$came_back" | cut -d = -f 2)
challenge=$(call GET "/v1/challenges/$id?proof=$proof")
result=$(grep -o '"result":{"token":"[^"]*"' <<<"$challenge" | cut -d '"' -f 6)
claims=$(call POST /v1/results/redeem "{\"token\":\"$result\"}")
[[ $(field sub <<<"$claims") == "$user" && $(field org <<<"$claims") == "$organization" &&
  $(field cid <<<"$claims") == "$id" ]] || { echo 'The result is of another login'; exit 1; }
echo "Let in: $user by $(grep -o '"amr":\[[^]]*' <<<"$claims" | cut -d '[' -f 2 | tr -d '"' | tr , ' ')"
