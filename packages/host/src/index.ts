export { type MysqlStoreOptions, openMysqlStore } from './store/mysql/open-mysql-store.ts';
export { openSqliteStore, type SqliteStoreOptions } from './store/sqlite/open-sqlite-store.ts';
