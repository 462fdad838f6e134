import buildCompiler from '@fastify/fast-json-stringify-compiler';

type Factory = buildCompiler.SerializerFactory;

/** One serializer for answers of the same shape: one for each route takes most of the time of a start. */
export function sharedSerializers(): Factory {
  const build = buildCompiler();
  return (schemas, options) => {
    const compile = build(schemas, options);
    const compiled = new Map<string, buildCompiler.Serializer>();
    return (route) => {
      const shape = JSON.stringify(route.schema);
      const serializer = compiled.get(shape) ?? compile(route);
      compiled.set(shape, serializer);
      return serializer;
    };
  };
}
