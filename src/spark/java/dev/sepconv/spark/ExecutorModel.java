package dev.sepconv.spark;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Model;
import dev.sepconv.bulk.BulkModel;
import dev.sepconv.bulk.DeviceLanes;
import dev.sepconv.bulk.Lane;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.onnx.OnnxReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.spark.broadcast.Broadcast;

/**
 * A model on an executor: read and compiled once, for all tasks that run there, each of which takes
 * a plan for a batch. On a CPU there is a plan for each core, so that tasks don't wait for one
 * another.
 */
final class ExecutorModel {

    /** By settings and device. One that nobody uses is closed when another is opened. */
    private static final Map<String, ExecutorModel> OPEN = new HashMap<>();

    private final BulkModel model;
    private final Engines.Choice choice;
    private final DeviceLanes lanes;
    private final BlockingQueue<Lane> free;
    private int users;

    private ExecutorModel(InferenceSettings settings, Broadcast<byte[]> bytes, String gpu)
            throws IOException {
        model = open(settings, bytes == null ? null : bytes.value());
        try {
            choice = choose(settings.engine(), settings.device(), gpu);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
        try {
            lanes = DeviceLanes.open(choice, model, settings.batch());
        } catch (RuntimeException | Error e) {
            choice.close();
            model.close();
            throw e;
        }
        free = new LinkedBlockingQueue<>(lanes.all());
    }

    /** @param bytes the model's file; null where it is read here, by its name */
    static BulkModel open(InferenceSettings settings, byte[] bytes) throws IOException {
        Model model = bytes == null ? settings.model().open() : OnnxReader.open(bytes);
        return settings.pictures()
                ? BulkModel.ofPictures(settings.model(), model, settings.preparation(),
                        settings.answers())
                : BulkModel.ofArrays(settings.model(), model, settings.answers());
    }

    /**
     * This executor's model of these settings, to be {@link #release released}.
     *
     * @param gpu the address that Spark gives the task; null if it gives none
     */
    static ExecutorModel take(InferenceSettings settings, Broadcast<byte[]> bytes, String gpu,
            InferenceCounts counts) {
        synchronized (OPEN) {
            String key = settings.key() + " " + gpu;
            ExecutorModel known = OPEN.get(key);
            if (known == null) {
                OPEN.values().removeIf(ExecutorModel::closeUnused);
                long start = System.nanoTime();
                try {
                    known = new ExecutorModel(settings, bytes, gpu);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                counts.opened(System.nanoTime() - start);
                OPEN.put(key, known);
            }
            known.users++;
            return known;
        }
    }

    void release() {
        synchronized (OPEN) {
            users--;
        }
    }

    private boolean closeUnused() {
        if (users > 0) {
            return false;
        }
        lanes.close();
        choice.close();
        model.close();
        return true;
    }

    private static Engines.Choice choose(String engine, String device, String gpu) {
        if (gpu == null || device != null || engine != null && !engine.equals("tornado")) {
            return Engines.choose(engine, device);
        }
        String id;
        try (Engine tornado = Engines.open("tornado")) {
            id = gpu(tornado.devices(), gpu);
        }
        return Engines.choose("tornado", id);
    }

    /**
     * The device at an address that Spark gives out, which counts from 0 as its discovery scripts
     * do, among those of the first backend that has accelerators: each backend lists all of them.
     *
     * @throws IllegalArgumentException if there is none
     */
    static String gpu(List<Device> devices, String address) {
        List<Device> accelerators = devices.stream().filter(each -> !each.kind().equals("cpu"))
                .toList();
        List<Device> alike = accelerators.stream()
                .filter(each -> each.backend().equals(accelerators.getFirst().backend())).toList();
        if (alike.isEmpty()) {
            throw new IllegalArgumentException("""
                    Spark gives this task the gpu '%s', but TornadoVM has no accelerator here; \
                    sepconv doctor says why, and without spark.task.resource.gpu.amount the task \
                    runs on what there is""".formatted(address));
        }
        if (!address.matches("[0-9]{1,6}") || Integer.parseInt(address) >= alike.size()) {
            throw new IllegalArgumentException(
                    "Spark gives this task the gpu '%s'; TornadoVM has the accelerators %s here, so it must be a number below %d"
                            .formatted(address, alike.stream().map(Device::id).toList(),
                                    alike.size()));
        }
        return alike.get(Integer.parseInt(address)).id();
    }

    BulkModel model() {
        return model;
    }

    /** How many go through the network at once. */
    int batch() {
        return lanes.batch();
    }

    /** A plan that is free, to be {@link #giveBack given back}; waits where none is. */
    Lane takeLane() throws InterruptedException {
        return free.take();
    }

    void giveBack(Lane lane) {
        free.add(lane);
    }
}
