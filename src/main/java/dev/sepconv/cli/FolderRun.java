package dev.sepconv.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sepconv.Device;
import dev.sepconv.bulk.BulkModel;
import dev.sepconv.bulk.DeviceLanes;
import dev.sepconv.bulk.Names;
import dev.sepconv.bulk.Pipeline;
import dev.sepconv.bulk.Row;
import dev.sepconv.bulk.RowFiles;
import dev.sepconv.bulk.RowFiles.Done;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.Printable;
import dev.sepconv.report.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** {@code sepconv run --images}: many pictures, with a row for each. */
final class FolderRun {

    /** For what is begun to be finished when Java is told to end. */
    private static final long STOP_SECONDS = 60;
    /** So many pictures that failed are named. */
    private static final int NAMED = 3;

    private final PrintWriter out;
    private final PrintWriter err;
    private final Names names;
    private final BulkModel model;
    private final boolean json;

    /**
     * @param out for the summary
     * @param err for progress
     * @param json whether the summary is JSON
     */
    FolderRun(PrintWriter out, PrintWriter err, Names names, BulkModel model, boolean json) {
        this.out = out;
        this.err = err;
        this.names = names;
        this.model = model;
        this.json = json;
    }

    /** What is known of a run before it begins. */
    record Request(String model, RunCommand.Prepared preparation, Engines.Choice choice,
            Integer batch) {
    }

    /**
     * What {@code --json} prints.
     *
     * @param pictures how many there are
     * @param before rows that {@code --resume} found
     * @param ran how many were run now, failed ones included
     * @param failed how many rows have an error, those from before included
     * @param stopped whether it was told to stop before the end
     * @param lanes how many batches run beside one another
     * @param decodeMillis added up over threads, which work at once, as are the following
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record Document(String model, RunCommand.Prepared preparation, int pictures, int before,
            int ran, int failed, boolean stopped, List<String> files, String engine, Device device,
            String reason, int batch, int lanes, double compileMillis, double millis,
            double picturesPerSecond, double decodeMillis, double prepareMillis, double runMillis,
            double writeMillis, List<Pipeline.Share> devices, List<Pipeline.Lost> lost) {
    }

    /**
     * Runs all pictures but those that are done.
     *
     * @param before what the files have already
     * @return the exit code: whether all rows are there, and none is of a picture that failed
     */
    int run(Request subject, RowFiles files, Done before) throws IOException {
        try (DeviceLanes lanes = DeviceLanes.open(subject.choice(), model, subject.batch())) {
            List<Row> failures = new ArrayList<>();
            Pipeline.Report report = run(files, before.rows(), lanes, failures);
            int failed = before.failed() + report.failed();
            boolean stopped = before.rows() + report.pictures() < names.count();
            Document document = new Document(subject.model(), subject.preparation(), names.count(),
                    before.rows(), report.pictures(), failed, stopped,
                    files.files().stream().map(Path::toString).toList(),
                    subject.choice().engine().name(), subject.choice().device(),
                    subject.choice().reason(), lanes.batch(), lanes.all().size(),
                    lanes.compileMillis(), report.millis(), report.perSecond(),
                    report.decodeMillis(), report.prepareMillis(), report.runMillis(),
                    report.writeMillis(), report.devices(), report.lost());
            for (Pipeline.Lost lost : report.lost()) {
                err.println("sepconv: device %s was lost, and others did its work: %s"
                        .formatted(lost.device(), lost.reason()));
            }
            if (json) {
                JsonOption.print(out, document);
            } else {
                print(document, failures);
            }
            return failed == 0 && !stopped ? Failure.NONE : Failure.FAILED;
        }
    }

    private Pipeline.Report run(RowFiles files, int before, DeviceLanes lanes, List<Row> failures)
            throws IOException {
        Pipeline pipeline = new Pipeline(names, before, model, lanes.all(),
                Runtime.getRuntime().availableProcessors());
        CountDownLatch over = new CountDownLatch(1);
        Thread atEnd = new Thread(() -> {
            pipeline.stop();
            await(over);
        });
        Runtime.getRuntime().addShutdownHook(atEnd);
        int[] written = {before};
        try (FolderProgress progress = new FolderProgress(err, names.count(), before)) {
            return pipeline.run(row -> {
                files.write(row);
                written[0]++;
                if (row.error() != null && failures.size() < NAMED) {
                    failures.add(row);
                }
                progress.done();
            });
        } catch (IOException | RuntimeException e) {
            if (written[0] > 0 && !files.files().isEmpty()) {
                err.println("sepconv: %d of %s are written; --resume goes on behind them"
                        .formatted(written[0], Printable.count(names.count(), "row")));
            }
            throw e;
        } finally {
            if (written[0] < names.count() && isEnding(atEnd) && !files.files().isEmpty()) {
                err.println("sepconv: stopped; %d of %s are written, --resume goes on behind them"
                        .formatted(written[0], Printable.count(names.count(), "row")));
            }
            files.close();
            over.countDown();
        }
    }

    /** Whether Java ends already; else it forgets what was to be done at its end. */
    private static boolean isEnding(Thread atEnd) {
        try {
            Runtime.getRuntime().removeShutdownHook(atEnd);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static void await(CountDownLatch over) {
        try {
            over.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(Document document, List<Row> failures) {
        Table parts = new Table("PART", ">ms A PICTURE", ">SHARE");
        double all = document.decodeMillis() + document.prepareMillis() + document.runMillis()
                + document.writeMillis();
        row(parts, "decode", document.decodeMillis(), all, document.ran());
        row(parts, "prepare", document.prepareMillis(), all, document.ran());
        row(parts, "run", document.runMillis(), all, document.ran());
        row(parts, "write", document.writeMillis(), all, document.ran());
        if (document.ran() > 0) {
            parts.print(out);
            out.println();
        }
        if (document.devices().size() > 1) {
            Table devices = new Table("DEVICE", ">PICTURES", ">ms A PICTURE");
            document.devices()
                    .forEach(share -> devices.row(share.device(), share.pictures(),
                            share.pictures() == 0
                                    ? ""
                                    : Numbers.digits(share.millis() / share.pictures())));
            devices.print(out);
            out.println();
        }
        out.println("%s in %s s, %s a second%s%s".formatted(
                Printable.count(document.ran(), "picture"), Numbers.digits(document.millis() / 1e3),
                Numbers.digits(document.picturesPerSecond()),
                document.before() == 0 ? "" : ", after %d from before".formatted(document.before()),
                document.failed() == 0 ? "" : "; %d failed".formatted(document.failed())));
        failures.forEach(row -> out.println("%s: %s".formatted(row.picture(), row.error())));
        if (document.failed() > failures.size()) {
            out.println("and %d more".formatted(document.failed() - failures.size()));
        }
        document.files().forEach(file -> out.println("wrote " + file));
    }

    private static void row(Table table, String part, double millis, double all, int pictures) {
        table.row(part, Numbers.digits(millis / Math.max(1, pictures)),
                "%.0f %%".formatted(100 * millis / Math.max(all, 1e-9)));
    }
}
