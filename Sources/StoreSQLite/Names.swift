import Store

// GRDB has types of these names too; here they are the store's.
typealias Database = Store.Database
typealias Statement = Store.Statement
typealias Row = Store.Row
