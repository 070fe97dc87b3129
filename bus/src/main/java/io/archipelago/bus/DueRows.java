package io.archipelago.bus;

/**
 * Rows with a due time. The three texts become part of a statement: they are constants of the service, never input.
 *
 * @param table the table
 * @param id a column, or an expression over the row, that names the row; its text holds no blank
 * @param dueAt the column with the time at which something is to be done about the row; null: nothing is
 */
public record DueRows(String table, String id, String dueAt) {

    /** Whether any row is due, be it worked on or not. */
    String anyDue() {
        return "select exists (select 1 from %s where %s <= clock_timestamp())".formatted(table, dueAt);
    }

    /** The row that is due longest and that nobody else works on, locked. */
    String claim() {
        return """
               select cast(%2$s as text) from %1$s
               where %3$s <= clock_timestamp()
                 and cast(%2$s as text) not in (select jsonb_array_elements_text(cast(cast(:skip as text) as jsonb)))
               order by %3$s limit 1 for update skip locked
               """.formatted(table, id, dueAt);
    }
}
