package dev.sepconv.bulk;

import dev.sepconv.NdArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The files that get a row for each picture: {@code .csv}, a table; {@code .jsonl}, a JSON object a
 * line; {@code .npy}, the numbers of one output, with the table beside it. However the process
 * ends, what was written is there, and {@link #resume} finds it.
 */
public final class RowFiles implements AutoCloseable {

    private static final String CSV = ".csv";
    private static final String JSON = ".jsonl";
    private static final String NPY = ".npy";

    private final List<RowWriter> writers;

    private RowFiles(List<RowWriter> writers) {
        this.writers = List.copyOf(writers);
    }

    /** What is in files from before: so many rows, of which so many are of pictures that failed. */
    public record Done(int rows, int failed) {
    }

    /**
     * A file that is asked for; {@code output} is the network's of which a {@code .npy} file has
     * the numbers, null where that is the only one.
     */
    public record Wanted(Path file, String output) {

        /**
         * @throws IllegalArgumentException if the file's name ends in nothing that is written
         */
        public Wanted {
            String name = file.toString().toLowerCase(Locale.ROOT);
            if (!name.endsWith(CSV) && !name.endsWith(JSON) && !name.endsWith(NPY)) {
                throw new IllegalArgumentException(
                        "--output is %s; rows of pictures are written there, so its name must end in %s, %s or %s"
                                .formatted(file, CSV, JSON, NPY));
            }
        }

        /** It, and the table that goes with an array. */
        public List<Path> files() {
            return endsWith(NPY) ? List.of(table(), file) : List.of(file);
        }

        private Path table() {
            String name = file.toString();
            return Path.of(name.substring(0, name.length() - NPY.length()) + CSV);
        }

        private boolean endsWith(String ending) {
            return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
        }
    }

    /**
     * What is the same for all pictures.
     *
     * @param answers those of any picture: its outputs, labels and how many classes count
     * @param outputs arrays of the sizes that all pictures' outputs have
     */
    public record Example(List<Answer> answers, Map<String, NdArray> outputs) {
        public Example {
            answers = List.copyOf(answers);
        }
    }

    /**
     * Opens files; what is in them stays until {@link #resume} or {@link #write}.
     *
     * @throws IllegalArgumentException if one is named twice, or one of an array doesn't name its
     * output where there are several
     * @throws IOException if one can't be written there
     */
    public static RowFiles open(List<Wanted> wanted, Example example) throws IOException {
        Map<Path, RowWriter> writers = new LinkedHashMap<>();
        try {
            for (Wanted each : wanted) {
                if (writers.containsKey(key(each.file())) && !each.endsWith(CSV)) {
                    throw new IllegalArgumentException(
                            "--output %s is given twice".formatted(each.file()));
                }
                if (!each.endsWith(JSON)) {
                    Path table = each.endsWith(NPY) ? each.table() : each.file();
                    if (!writers.containsKey(key(table))) {
                        writers.put(key(table), new CsvRows(table, example));
                    }
                }
                if (each.endsWith(NPY)) {
                    writers.put(key(each.file()),
                            new NpyRows(each.file(), each.output(), example.outputs()));
                } else if (each.endsWith(JSON)) {
                    writers.put(key(each.file()), new JsonRows(each.file()));
                }
            }
            return new RowFiles(List.copyOf(writers.values()));
        } catch (IOException | RuntimeException e) {
            new RowFiles(List.copyOf(writers.values())).close();
            throw e;
        }
    }

    private static Path key(Path file) {
        return file.toAbsolutePath().normalize();
    }

    /** All that are written. */
    public List<Path> files() {
        return writers.stream().map(RowWriter::path).toList();
    }

    /** Those in which something is. */
    public List<Path> notEmpty() {
        return writers.stream().filter(each -> each.length() > 0).map(RowWriter::path).toList();
    }

    /**
     * Goes on behind what an earlier run wrote. A row that is not whole is cut off, as is one that
     * not all files have: the run ended while it was written.
     *
     * @param names the pictures of this run
     * @throws IOException if a file can't be read, has other columns, has more rows than there are
     * names, or one of another picture than {@code names} has in that place, or files have
     * different numbers of rows; one sentence
     */
    public Done resume(Names names) throws IOException {
        if (writers.isEmpty()) {
            return new Done(0, 0);
        }
        List<Integer> rows = new ArrayList<>();
        int least = Integer.MAX_VALUE;
        for (RowWriter writer : writers) {
            int count = writer.resume(names, Integer.MAX_VALUE).rows();
            rows.add(count);
            least = Math.min(least, count);
        }
        int failed = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i) > least + 1) {
                throw new IOException(
                        "%s have %s rows; to go on behind them they must have as many".formatted(
                                String.join(" and ", files().stream().map(Path::toString).toList()),
                                String.join(" and ", rows.stream().map(String::valueOf).toList())));
            }
            failed = Math.max(failed, writers.get(i).resume(names, least).failed());
        }
        return new Done(least, failed);
    }

    /**
     * Appends a row to all.
     *
     * @throws IOException if it can't be written; the message names the file
     */
    public void write(Row row) throws IOException {
        for (RowWriter writer : writers) {
            writer.write(row);
        }
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (RowWriter writer : writers) {
            try {
                writer.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
