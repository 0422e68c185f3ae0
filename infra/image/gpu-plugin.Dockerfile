FROM mcr.microsoft.com/oss/v2/nvidia/k8s-device-plugin:v0.19.1
COPY sbom.cdx.json /
