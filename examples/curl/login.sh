#!/usr/bin/env bash
# A login with screens of your own, in curl. With a test key, it reads its codes itself.
set -euo pipefail
organization=${1:-acme} user=${2:-42}

# call CREDENTIAL METHOD PATH [JSON]
call() {
  curl -sS --max-time 10 -X "$2" "$DOUBLECHECK_URL$3" -H "authorization: Bearer $1" \
    ${4:+-H 'content-type: application/json' -d "$4"}
}
# The value of a text field in the JSON on stdin.
field() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

key=$DOUBLECHECK_API_KEY
login="{\"organizationId\":\"$organization\",\"userId\":\"$user\",\"app\":{\"name\":\"company-panel\"}}"
challenge=$(call "$key" POST /v1/challenges "$login")
id=$(field id <<<"$challenge") token=$(field challengeToken <<<"$challenge")

while status=$(field status <<<"$challenge"); [[ $status == enrol || $status == verify ]]; do
  if [[ $status == enrol && $challenge == *'"step":"backup"'* ]]; then
    call "$token" POST /v1/challenge/skip
  elif [[ $status == enrol ]]; then
    phone='+999 000 000 00'
    [[ $key == dct_* ]] || read -rp 'Phone number: ' phone
    call "$token" POST /v1/challenge/factors "{\"method\":\"call\",\"phoneNumber\":\"$phone\"}"
  elif [[ $challenge == *'"code":null'* ]]; then
    call "$token" POST /v1/challenge/code
  else
    if [[ $key == dct_* ]]; then code=$(call "$key" GET "/v1/test/challenges/$id/code" | field code)
    else read -rp 'Code: ' code; fi
    call "$token" POST /v1/challenge/verify "{\"code\":\"$code\"}"
  fi | grep '"title"' || true # a problem says why
  challenge=$(call "$token" GET /v1/challenge)
done

[[ $status == approved ]] || { echo "Not let in: $status"; exit 1; }
result=$(grep -o '"result":{"token":"[^"]*"' <<<"$challenge" | cut -d '"' -f 6)
claims=$(call "$key" POST /v1/results/redeem "{\"token\":\"$result\"}")
# The result has to be of the login that was started.
[[ $(field sub <<<"$claims") == "$user" && $(field org <<<"$claims") == "$organization" &&
  $(field cid <<<"$claims") == "$id" ]] || { echo 'The result is of another login'; exit 1; }
echo "Let in: $user by $(grep -o '"amr":\[[^]]*' <<<"$claims" | cut -d '[' -f 2 | tr -d '"' | tr , ' ')"
