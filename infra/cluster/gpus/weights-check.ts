/**
 * Waits until the manifest of the weights is there and is the one that regions.yaml names, so that a first `up` comes
 * before the weights, and no server begins with others than were reviewed. A role that was given takes minutes to hold.
 */
export const weightsCheck = `set -u
manifest=/tmp/manifest.json
signed_in() {
  az login --service-principal --allow-no-subscriptions --output none \\
    --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" \\
    --federated-token "$(cat "$AZURE_FEDERATED_TOKEN_FILE")"
}
fetched() {
  az storage blob download --auth-mode login --only-show-errors --no-progress --output none \\
    --account-name "$AZURE_STORAGE_ACCOUNT_NAME" --container-name "$CONTAINER" \\
    --name "$FOLDER/manifest.json" --file "$manifest" --overwrite
}
until signed_in && fetched; do
  echo "no $FOLDER/manifest.json in $CONTAINER of $AZURE_STORAGE_ACCOUNT_NAME that may be read, yet" >&2
  sleep 30
done
have="sha256:$(sha256sum "$manifest" | cut -d ' ' -f 1)"
[ "$have" = "$MANIFEST" ] && exit 0
echo "$FOLDER/manifest.json is $have, and regions.yaml says $MANIFEST" >&2
exit 1
`;
