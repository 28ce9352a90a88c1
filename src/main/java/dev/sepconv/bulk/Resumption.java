package dev.sepconv.bulk;

import java.io.IOException;
import java.nio.file.Path;

/** Whether rows of an earlier run are those with which this one would begin. */
final class Resumption {

    private Resumption() {
    }

    /**
     * @param row its place, from 0
     * @param picture of which picture it is
     */
    static void check(Path file, int row, String picture, Names names) throws IOException {
        if (row >= names.count()) {
            throw new IOException(
                    "%s has more rows than the %d pictures of this run, so it can't go on behind them"
                            .formatted(file, names.count()));
        }
        if (!picture.equals(names.name(row))) {
            throw new IOException(
                    "row %d of %s is of %s, but picture %d of this run is %s, so it can't go on behind it"
                            .formatted(row + 1, file, picture, row + 1, names.name(row)));
        }
    }
}
