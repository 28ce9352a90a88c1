package dev.sepconv.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Figures in columns, for a terminal or for a Markdown file. The first column is flush left, the
 * others right.
 */
final class FigureTable {

    private final List<List<String>> rows = new ArrayList<>();

    FigureTable(String... headings) {
        rows.add(List.of(headings));
    }

    /** Adds a row; null is an empty cell. */
    FigureTable row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell == null ? "" : cell.toString());
        }
        rows.add(row);
        return this;
    }

    static String fixed(int decimals, Double value) {
        return value == null ? null : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    static String percent(Double share) {
        return share == null ? null : String.format(Locale.ROOT, "%.0f%%", 100 * share);
    }

    List<String> text() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(
                    row.getFirst() + " ".repeat(widths[0] - row.getFirst().length()));
            for (int i = 1; i < columns; i++) {
                line.append("  ").append(" ".repeat(widths[i] - row.get(i).length()))
                        .append(row.get(i));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    List<String> markdown() {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            lines.add("| " + String.join(" | ", row) + " |");
            if (lines.size() == 1) {
                lines.add("| --- |" + " ---: |".repeat(row.size() - 1));
            }
        }
        return lines;
    }
}
