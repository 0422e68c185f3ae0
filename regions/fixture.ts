/** A valid file, apart from what a case adds. */
export const fileWith = ({
  region = "{}",
  defaults = "",
  service = "",
  models = "",
  hostname = "completions.example.com",
  zone = "example.com",
}) => `service:
  name: meridian
  hostname: ${hostname}
  zone: ${zone}
  objective: {success: 99.5%, firstByte: 400ms}
  tokens: {exchange: {kind: github, organizations: [acme]}}
  ${service}
models:
  codex: {model: gpt-35-turbo-instruct, version: "0914"}
  coder: {host: url, model: qwen-coder}
  ${models}
defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5}
  proxies: 3-30
  deployments: [{model: codex, sku: Standard, capacity: 240}]
  ${defaults}
regions:
  eastus2: ${region}
`;

/** The certificate of an authority, CN=developers, until 2 November 2126. */
export const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUY2ajSDyOyPMFJg+TSakcfwId61owCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKZGV2ZWxvcGVyczAgFw0yNjExMjYxNTU2NTBaGA8yMTI2MTEw
MjE1NTY1MFowFTETMBEGA1UEAwwKZGV2ZWxvcGVyczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABG/Q+euoNZ5tonvO/lTCln9LY/WnFsEM/Fte41X33cuBASKxp0XD
1GWTDZBrWAfEgMLqpAJsqhQIu9E7ARzyshGjUzBRMB0GA1UdDgQWBBQsB0iB+I6t
hJtMBHghFZroXdzcojAfBgNVHSMEGDAWgBQsB0iB+I6thJtMBHghFZroXdzcojAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIEF5dNhJVFKs7ddNlYCz
CZzpSOYlc8/L5QQXuB2IfabRAiEAqFwrgRL0mo7o7vzpC1TVO9vzf4Gi5Q4v8JiW
lSgEY0E=
-----END CERTIFICATE-----
`;
