import type { OpenTracer } from '../adapters/opentelemetry/tracer.ts';
import type { Logger } from '../log.ts';

/**
 * The tracer of this process, when OpenTelemetry's variables name a collector; its SDK is not even loaded
 * otherwise.
 */
export async function openTracing(
  part: 'web' | 'worker',
  log: Pick<Logger, 'warn'>,
): Promise<OpenTracer | undefined> {
  if (!isWanted(process.env)) return undefined;
  const { openTracer } = await import('../adapters/opentelemetry/tracer.ts');
  return openTracer({
    serviceName: `facefleet-${part}`,
    onFailure: (cause) => log.warn({ cause }, 'spans could not be sent'),
  });
}

/** As https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ has it. */
const isWanted = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT']) &&
  env['OTEL_SDK_DISABLED']?.toLowerCase() !== 'true' &&
  env['OTEL_TRACES_EXPORTER'] !== 'none';
