import { readFileSync } from 'node:fs';

const types: Record<string, string> = {
  String: 'text',
  'String[]': '_text',
  Int: 'int4',
  BigInt: 'int8',
  Boolean: 'bool',
  Json: 'jsonb',
  Bytes: 'bytea',
  '@db.Uuid': 'uuid',
  '@db.Timestamptz(3)': 'timestamptz(3)',
  '@db.Timestamptz(6)': 'timestamptz',
};

/** `table.column type` or `table.column type null` of each column that prisma/schema.prisma has. */
export function schemaColumns(): string[] {
  return models().flatMap(columnsOf).sort();
}

/** `table(columns)` of each index, primary and unique key that it has. */
export function schemaIndexes(): string[] {
  return models().flatMap(indexesOf).sort();
}

/** What stands between the braces of each model. */
function models(): string[] {
  const schema = readFileSync('prisma/schema.prisma', 'utf8');
  return [...schema.matchAll(/^model \w+ \{\n(.*?)^\}/gms)].map(([, body = '']) => body);
}

function columnsOf(body: string): string[] {
  return fieldsOf(body).map(({ column, type, isOptional }) => {
    const nullable = isOptional ? ' null' : '';
    return `${tableOf(body)}.${column} ${types[type]}${nullable}`;
  });
}

function indexesOf(body: string): string[] {
  const fields = fieldsOf(body);
  const columnOf = (name: string) => fields.find((field) => field.name === name)?.column;
  const single = fields.filter(({ line }) => / @(id|unique)\b/.test(line));
  const several = [...body.matchAll(/@@(?:id|unique|index)\(\[(.*?)\]/g)].map(([, names = '']) =>
    names.split(', ').map(columnOf).join(', '),
  );
  return [...single.map(({ column }) => column), ...several].map(
    (columns) => `${tableOf(body)}(${columns})`,
  );
}

function tableOf(body: string): string {
  return /@@map\("(\w+)"\)/.exec(body)?.[1] ?? '';
}

/** The fields with a column of their own: relations have none. */
function fieldsOf(body: string) {
  const lines = body.split('\n').filter((line) => /^ {2}\w/.test(line));
  return lines.flatMap((line) => {
    const [, name = '', declared = '', optional] = /^ {2}(\w+) +([\w[\]]+)(\?)?/.exec(line) ?? [];
    const type = /@db\.\w+(\(\d\))?/.exec(line)?.[0] ?? declared;
    const column = /@map\("(\w+)"\)/.exec(line)?.[1] ?? name;
    return type in types ? [{ line, name, column, type, isOptional: optional === '?' }] : [];
  });
}
