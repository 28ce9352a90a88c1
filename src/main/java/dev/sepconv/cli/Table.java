package dev.sepconv.cli;

import dev.sepconv.io.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Text in aligned columns: a heading, then rows. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private final boolean[] right;

    /** @param headings a heading that starts with {@code >} sets its column flush right */
    Table(String... headings) {
        right = new boolean[headings.length];
        String[] plain = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            plain[i] = right[i] ? headings[i].substring(1) : headings[i];
        }
        rows.add(List.of(plain));
    }

    Table row(Object... cells) {
        rows.add(Arrays.stream(cells).map(cell -> Printable.text(String.valueOf(cell))).toList());
        return this;
    }

    void print(PrintWriter out) {
        int[] widths = new int[right.length];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String gap = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ")
                        .append(right[i] ? gap + row.get(i) : row.get(i) + gap);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
