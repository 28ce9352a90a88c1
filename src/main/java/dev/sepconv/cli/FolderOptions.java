package dev.sepconv.cli;

import dev.sepconv.bulk.Names;
import dev.sepconv.bulk.RowFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Many pictures at once: which ones, and how they go on. */
final class FolderOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--images", paramLabel = "WHAT",
            description = "Many pictures, each a row of --output: a folder with all below it, a pattern as 'photos/*.jpg', a .txt file with a name "
                    + "on each line, or - for such a list on stdin (names may end in zero bytes, as find -print0 has them). "
                    + "A picture that can't be read is a row that says why, and exit code 1.")
    private String images;

    @Option(names = "--batch", paramLabel = "N",
            description = "How many pictures go through the network at once. With --images the default is 1 on a CPU, on which several runs go on side by side, "
                    + "else 8. With --input the arrays hold N, of a network for one.")
    Integer batch;

    @Option(names = "--resume",
            description = "With --images: go on behind the rows that are in --output already, from a run that was stopped.")
    private boolean resume;

    boolean given() {
        return images != null;
    }

    /** Usage errors, before anything is read. */
    void check(boolean image) {
        if (images == null) {
            if (batch != null && image) {
                throw new ParameterException(spec.commandLine(),
                        "--batch goes with --images or --input; --image is one picture a run");
            }
            if (resume) {
                throw new ParameterException(spec.commandLine(), "--resume needs --images");
            }
        } else if (image) {
            throw new ParameterException(spec.commandLine(),
                    "--image and --images are both given; one of them says what goes in");
        }
        if (batch != null && batch < 1) {
            throw new ParameterException(spec.commandLine(),
                    "--batch is %d; it must be at least 1".formatted(batch));
        }
    }

    /**
     * Goes on behind the rows that are there, if that is what is asked for; else refuses to.
     *
     * @param files as they are opened
     * @return what is there
     */
    RowFiles.Done begin(RowFiles files, Names names) throws IOException {
        if (resume) {
            return files.resume(names);
        }
        if (!files.notEmpty().isEmpty()) {
            throw new ParameterException(spec.commandLine(),
                    "--output %s has something in it already; --resume goes on behind its rows"
                            .formatted(files.notEmpty().getFirst()));
        }
        return new RowFiles.Done(0, 0);
    }

    /**
     * The pictures.
     *
     * @param more what stands behind the option's value, where a shell made several names of a
     * pattern
     * @param without what is written, which may lie in the same folder
     */
    Names names(List<Path> more, Collection<Path> without) throws IOException {
        if (more.isEmpty()) {
            return Names.find(images, System.in, without);
        }
        List<Path> files = new ArrayList<>(List.of(Path.of(images)));
        files.addAll(more);
        for (Path file : files) {
            if (Files.isDirectory(file)) {
                throw new ParameterException(spec.commandLine(),
                        "--images %s: of several names none may be a folder".formatted(file));
            }
        }
        return Names.of(files);
    }

}
