import { type AttributeStore, type AttributeValue, DynamoError } from '@dynamo/core';
import { insertRows, type RowShape, upsertRows } from './bulk.ts';
import type { SqlStoreBase } from './store-base.ts';

const sets: RowShape<'attribute_sets'> = { table: 'attribute_sets', columns: ['variable', 'time'] };
const values: RowShape<'attribute_values'> = {
  table: 'attribute_values',
  columns: ['variable', 'dataset', 'value'],
};

export function sqlAttributeStore({ read, write, attempt }: SqlStoreBase): AttributeStore {
  return {
    put: (variable, attribute) =>
      attempt('record attributes', () =>
        write.db.transaction().execute(async (db) => {
          const session = { ...write, db };
          await upsertRows(session, sets, ['variable'], [[variable, attribute.time]]);
          await db.deleteFrom('attribute_values').where('variable', '=', variable).execute();
          const rows = Array.from(attribute.values, ([dataset, value]) => [variable, dataset, JSON.stringify(value)]);
          await insertRows(session, values, rows);
        }),
      ),

    // One transaction: the values and their time are of one moment.
    read: (variable) =>
      attempt('read attributes', () =>
        read.db.transaction().execute(async (db) => {
          const set = await db
            .selectFrom('attribute_sets')
            .select('time')
            .where('variable', '=', variable)
            .executeTakeFirst();
          if (set === undefined) return null;
          const rows = await db
            .selectFrom('attribute_values')
            .select(['dataset', 'value'])
            .where('variable', '=', variable)
            .execute();
          return {
            time: set.time,
            values: new Map(rows.map(({ dataset, value }) => [dataset, parse(variable, value)])),
          };
        }),
      ),
  };
}

function parse(variable: string, text: string): AttributeValue {
  try {
    return JSON.parse(text) as AttributeValue;
  } catch (cause) {
    throw new DynamoError('corrupt', `a stored value of ${variable} is not JSON: send the variable anew`, { cause });
  }
}
