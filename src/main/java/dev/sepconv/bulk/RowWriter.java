package dev.sepconv.bulk;

import java.io.IOException;
import java.nio.file.Path;

/** A file that gets a row for each picture, in their order, each whole or not at all. */
interface RowWriter extends AutoCloseable {

    /** The file. */
    Path path();

    /** How many bytes are there; 0 for a new file. */
    long length();

    /**
     * Reads what an earlier run wrote, cuts off what stands behind that many whole rows, and goes
     * on there.
     *
     * @param names the pictures of this run
     * @param most rows that stay
     * @throws IOException if it can't be read, is of other columns, has more rows than there are
     * names, or one of another picture than {@code names} has in that place; one sentence. It is
     * then as it was
     */
    RowFiles.Done resume(Names names, int most) throws IOException;

    /**
     * Appends a row.
     *
     * @throws IOException if it can't be written; nothing of it stays then
     */
    void write(Row row) throws IOException;

    @Override
    void close() throws IOException;
}
