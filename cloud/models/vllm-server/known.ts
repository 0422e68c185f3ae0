/**
 * Arguments of `vllm serve` that a server with one GPU may be given, by their own names: docs.vllm.ai/en/v0.30.0/cli/serve,
 * vllm/entrypoints/openai/cli_args.py and vllm/engine/arg_utils.py. Those of pictures and of many GPUs are left out.
 */

/** Takes a value. */
export const VALUED = [
  ...["host", "port", "served-model-name", "shutdown-timeout", "api-key", "root-path"],
  ...["uvicorn-log-level", "disable-access-log-for-endpoints", "ssl-keyfile", "ssl-certfile"],
  ...["ssl-ca-certs", "ssl-ciphers", "max-log-len", "chat-template", "response-role"],
  ...["h11-max-incomplete-event-size", "h11-max-header-count", "fingerprint-mode"],
  ...["model", "tokenizer", "tokenizer-mode", "dtype", "seed", "revision", "hf-config-path"],
  ...["max-model-len", "max-logprobs", "quantization", "hf-overrides", "generation-config"],
  ...["override-generation-config", "model-impl", "runner", "convert", "config-format"],
  ...["load-format", "download-dir", "model-loader-extra-config", "safetensors-load-strategy"],
  ...["attention-backend", "block-size", "gpu-memory-utilization", "kv-cache-memory-bytes"],
  ...["swap-space", "kv-cache-dtype", "num-gpu-blocks-override", "prefix-caching-hash-algo"],
  ...["cpu-offload-gb", "kv-offloading-size", "kv-offloading-backend", "max-num-batched-tokens"],
  ...["max-num-scheduled-tokens", "max-num-seqs", "max-num-partial-prefills"],
  ...["max-long-partial-prefills", "long-prefill-token-threshold", "scheduling-policy"],
  ...["scheduler-cls", "stream-interval", "cudagraph-capture-sizes", "max-cudagraph-capture-size"],
  ...["compilation-config", "attention-config", "additional-config", "optimization-level"],
  ...["speculative-config", "otlp-traces-endpoint", "performance-mode", "max-lora-rank"],
  ...["max-loras", "lora-modules", "lora-dtype", "tensor-parallel-size", "pipeline-parallel-size"],
] as const;

/** On or off: `--name`, and mostly `--no-name`. */
export const SWITCHES = [
  ...["disable-uvicorn-access-log", "disable-fastapi-docs", "enable-request-id-headers"],
  ...["enable-prompt-tokens-details", "enable-force-include-usage", "enable-log-requests"],
  ...["enable-log-outputs", "enable-server-load-tracking", "enable-per-request-metrics"],
  ...["disable-log-stats", "trust-remote-code", "skip-tokenizer-init", "enforce-eager"],
  ...["enable-sleep-mode", "disable-cascade-attn", "disable-sliding-window", "use-tqdm-on-load"],
  ...["enable-prefix-caching", "calculate-kv-scales", "enable-chunked-prefill"],
  ...["async-scheduling", "disable-hybrid-kv-cache-manager", "enable-lora"],
  ...["kv-cache-metrics", "cudagraph-metrics", "enable-mfu-metrics", "language-model-only"],
] as const;
