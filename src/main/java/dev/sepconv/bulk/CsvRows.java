package dev.sepconv.bulk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Rows as a table: the picture, its error, and what the network says. */
final class CsvRows implements RowWriter {

    private final AppendFile file;
    private final List<String> columns;

    CsvRows(Path path, RowFiles.Example example) throws IOException {
        columns = new ArrayList<>(List.of("picture", "error"));
        boolean alone = example.answers().size() == 1;
        example.answers().forEach(answer -> columns.addAll(answer.columns(alone)));
        file = new AppendFile(path);
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public long length() {
        return file.length();
    }

    @Override
    public RowFiles.Done resume(Names names, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file.path())) {
            Csv.Records records = new Csv.Records(in);
            List<String> head = records.next();
            if (head == null) {
                file.truncate(0);
                return new RowFiles.Done(0, 0);
            }
            if (!head.equals(columns)) {
                throw new IOException(
                        "%s has the columns %s; this run's are %s, so it can't go on behind them"
                                .formatted(file.path(), String.join(",", head),
                                        String.join(",", columns)));
            }
            int rows = 0;
            int failed = 0;
            long end = records.end();
            for (List<String> row = records.next(); row != null
                    && rows < most; row = records.next()) {
                Resumption.check(file.path(), rows, row.getFirst(), names);
                failed += row.size() > 1 && !row.get(1).isEmpty() ? 1 : 0;
                rows++;
                end = records.end();
            }
            file.truncate(end);
            return new RowFiles.Done(rows, failed);
        }
    }

    @Override
    public void write(Row row) throws IOException {
        if (file.length() == 0) {
            file.append(Csv.line(columns));
        }
        List<String> cells = new ArrayList<>(
                List.of(row.picture(), row.error() == null ? "" : row.error()));
        row.answers().forEach(answer -> cells.addAll(answer.cells()));
        cells.addAll(Collections.nCopies(columns.size() - cells.size(), ""));
        file.append(Csv.line(cells));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
