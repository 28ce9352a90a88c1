package dev.sepconv.bulk;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Comma-separated values in UTF-8 (RFC 4180, but lines end in LF alone): what has a comma, a
 * quotation mark or a line end in it stands in quotation marks, and a quotation mark in it twice.
 */
final class Csv {

    private Csv() {
    }

    /** A record with its line end. */
    static byte[] line(List<String> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(",", "", "\n"))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String cell(String text) {
        return text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                ? text
                : "\"" + text.replace("\"", "\"\"") + "\"";
    }

    /** Reads records one by one. */
    static final class Records {

        private final InputStream in;
        private long read;
        private long end;
        /** A byte that was read too far; -1 for none. */
        private int ahead = -1;

        Records(InputStream in) {
            this.in = new BufferedInputStream(in);
        }

        /** How many bytes all records have that {@link #next} gave. */
        long end() {
            return end;
        }

        /** The next record; null where no whole one follows, which ends in a line end. */
        List<String> next() throws IOException {
            List<String> cells = new ArrayList<>();
            ByteArrayOutputStream cell = new ByteArrayOutputStream();
            boolean quoted = false;
            for (int c = read(); c >= 0; c = read()) {
                if (c == '"' && quoted) {
                    int then = read();
                    if (then == '"') {
                        cell.write('"');
                    } else {
                        quoted = false;
                        unread(then);
                    }
                } else if (c == '"') {
                    quoted = true;
                } else if (c == ',' && !quoted) {
                    cells.add(take(cell));
                } else if (c == '\n' && !quoted) {
                    cells.add(take(cell));
                    end = read;
                    return cells;
                } else {
                    cell.write(c);
                }
            }
            return null;
        }

        private static String take(ByteArrayOutputStream cell) {
            String text = cell.toString(StandardCharsets.UTF_8);
            cell.reset();
            return text;
        }

        private int read() throws IOException {
            int c = ahead >= 0 ? ahead : in.read();
            ahead = -1;
            read += c >= 0 ? 1 : 0;
            return c;
        }

        private void unread(int c) {
            ahead = c;
            read -= c >= 0 ? 1 : 0;
        }
    }
}
