package dev.sepconv.survey;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.Peaks;
import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Measures one device in a process of its own, and tells each result as soon as there is one: the
 * process may not live to the end.
 */
public final class Child {

    private final Task task;
    private final OutputStream out;

    private Child(Task task, OutputStream out) {
        this.task = task;
        this.out = out;
    }

    /**
     * Does what a {@link Task} says.
     *
     * @param file that the parent wrote it into
     * @param out to the parent
     */
    public static void run(Path file, OutputStream out) throws IOException {
        new Child(Task.read(file), out).run();
    }

    private void run() {
        try (Engine engine = Engines.open(task.engine())) {
            if (task.device() == null) {
                tell(new Message.Listed(found(engine)));
                return;
            }
            Device device = Engines.find(engine.devices(), task.device());
            if (task.peaks()) {
                tell(new Message.Begun(null));
                peaks(device);
            }
            Measurement measurement = new Measurement(engine, device, task.secondsPerCell());
            for (Work work : task.work()) {
                tell(new Message.Begun(work.id()));
                Cell cell = measurement.of(work);
                tell(new Message.Done(cell));
            }
        } catch (EngineException | IllegalArgumentException e) {
            tell(new Message.Refused(e.getMessage()));
        }
    }

    /** An engine's devices. */
    static List<Message.Found> found(Engine engine) {
        return engine.devices().stream().map(device -> found(engine, device)).toList();
    }

    private static Message.Found found(Engine engine, Device device) {
        Optional<TuningFile.Key> key = Engines.tuningKey(engine, device);
        return new Message.Found(device, key.map(TuningFile.Key::driver).orElse(null),
                key.map(TuningFile.Key::tornadoVm).orElse(null));
    }

    private void peaks(Device device) {
        try {
            Peaks peaks = Peaks.measure(device);
            tell(new Message.PeaksMeasured(peaks.gflops(), peaks.gigabytesPerSecond()));
        } catch (EngineException | OutOfMemoryError e) {
            // a roofline less; the cells are what matters
            System.err.println("sepconv: " + e.getMessage());
        }
    }

    /** In one piece, so that what drivers print on the same pipe comes before or after. */
    private void tell(Message message) {
        try {
            out.write(message.line().getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the parent is gone", e);
        }
    }
}
