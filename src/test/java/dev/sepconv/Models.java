package dev.sepconv;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The pretrained networks that {@code scripts/fetch-models} puts into {@code models/}. Tests
 * without them are skipped.
 */
public final class Models {

    public static final Path FOLDER = Path.of("models");

    public static final Path BLAZEFACE_FRONT = FOLDER
            .resolve("blazeface/face_detection_front_128x128_barracuda.onnx");
    public static final Path BLAZEFACE_BACK = FOLDER
            .resolve("blazeface/face_detection_back_256x256_barracuda.onnx");
    public static final Path PP_OCR_ANGLE = FOLDER
            .resolve("pp-ocr/ch_ppocr_mobile_v2.0_cls_infer.onnx");
    public static final Path PP_OCR_DETECTOR = FOLDER.resolve("pp-ocr/ch_PP-OCRv4_det_infer.onnx");
    public static final Path PP_OCR_RECOGNISER = FOLDER
            .resolve("pp-ocr/ch_PP-OCRv4_rec_infer.onnx");
    public static final Path PP_OCR_KEYS = FOLDER.resolve("pp-ocr/ppocr_keys_v1.txt");
    public static final Path TINY_XCEPTION = FOLDER
            .resolve("face-api/age_gender_model-weights_manifest.json");
    public static final Path MOBILENET_V1_SSD = FOLDER
            .resolve("face-api/ssd_mobilenetv1_model-weights_manifest.json");

    private Models() {
    }

    /** The file, or else the test is skipped and says why. */
    public static Path fetched(Path model) {
        assumeTrue(Files.isRegularFile(model),
                () -> model + " is not there; run scripts/fetch-models");
        return model;
    }
}
