/* An OpenCL layer for tests, between a program and a driver. What it does is said by environment variables:
     LAYER_GPU=1          every device says that it is a GPU, and every buffer may be read and written
     LAYER_MODULES=DIR    every device takes SPIR-V: a module is written to DIR, and the driver gets the LLVM bitcode that the
                          program $LAYER_TO_LLVM (llvm-spirv of the driver's own LLVM) makes of it, with other names of arrays
                          in local memory
     LAYER_FAULTS=FILE    calls fail that FILE names while they are made: launch, write, read, build, finish
   cc -shared -fPIC -o layer.so layer.c; OPENCL_LAYERS=$PWD/layer.so PROGRAM */
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#include <CL/cl_layer.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct _cl_icd_dispatch layer;
static const struct _cl_icd_dispatch *next;
static const char *faults, *modules, *to_llvm;
static int written;

/* Answers a question of OpenCL's usual form. */
static cl_int give(const void *answer, size_t length, size_t size, void *value, size_t *needed) {
    if (needed) *needed = length;
    if (value && size < length) return CL_INVALID_VALUE;
    if (value) memcpy(value, answer, length);
    return CL_SUCCESS;
}

static cl_int CL_API_CALL device_info(cl_device_id device, cl_device_info what, size_t size, void *value, size_t *needed) {
    static const cl_device_type gpu = CL_DEVICE_TYPE_GPU;
    static const char spirv[] = "SPIR-V_1.2";
    if (what == CL_DEVICE_TYPE && getenv("LAYER_GPU")) return give(&gpu, sizeof gpu, size, value, needed);
    if (what == CL_DEVICE_IL_VERSION && modules) return give(spirv, sizeof spirv, size, value, needed);
    return next->clGetDeviceInfo(device, what, size, value, needed);
}

static cl_int CL_API_CALL device_ids(cl_platform_id platform, cl_device_type type, cl_uint entries, cl_device_id *devices, cl_uint *count) {
    if (type != CL_DEVICE_TYPE_ALL && type != CL_DEVICE_TYPE_DEFAULT) {
        if (!(type & CL_DEVICE_TYPE_GPU)) {
            if (count) *count = 0;
            return CL_DEVICE_NOT_FOUND;
        }
        type = CL_DEVICE_TYPE_ALL;
    }
    return next->clGetDeviceIDs(platform, type, entries, devices, count);
}

/* TornadoVM makes buffers write-only that kernels also read: a checker would report each read. */
static cl_mem CL_API_CALL create_buffer(cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *error) {
    flags &= ~(cl_mem_flags)(CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY);
    return next->clCreateBuffer(context, flags | CL_MEM_READ_WRITE, size, host, error);
}

/* Gives the driver the bitcode in a file, on the context's only device. */
static cl_program from_bitcode(cl_context context, FILE *file, cl_int *error) {
    cl_program program = 0;
    cl_device_id device;
    unsigned char *code;
    size_t length;
    fseek(file, 0, SEEK_END);
    length = (size_t)ftell(file);
    rewind(file);
    code = malloc(length);
    if (code && fread(code, 1, length, file) == length
        && (*error = next->clGetContextInfo(context, CL_CONTEXT_DEVICES, sizeof device, &device, 0)) == CL_SUCCESS)
        program = next->clCreateProgramWithBinary(context, 1, &device, &length, (const unsigned char **)&code, 0, error);
    free(code);
    return program;
}

enum { HEADER = 5, OP_NAME = 5, OP_ENTRY_POINT = 15, OP_VARIABLE = 59, WORKGROUP = 4 };

/* Writes a module of SPIR-V with the name of its kernel and a dot before the name of each array in local memory, as clang names them:
   Oclgrind takes the arrays for a kernel's whose names begin so. 0 if it is no module of one kernel. */
static int with_clangs_names(const uint32_t *words, size_t count, FILE *file) {
    const char *kernel = 0;
    char *local, name[1024];
    size_t at, length, wanted = 0;
    if (count < HEADER || !(local = calloc(words[3], 1))) return 0;
    for (at = HEADER; at < count && (length = words[at] >> 16) && at + length <= count; at += length) {
        if ((words[at] & 0xffff) == OP_ENTRY_POINT && length > 3) {
            if (kernel) break;
            kernel = (const char *)(words + at + 3);
        } else if ((words[at] & 0xffff) == OP_VARIABLE && words[at + 3] == WORKGROUP && words[at + 2] < words[3]) {
            local[words[at + 2]] = 1;
        }
    }
    if (at == count && kernel) {
        wanted = fwrite(words, sizeof *words, HEADER, file) == HEADER;
        for (at = HEADER; wanted && at < count; at += length) {
            length = words[at] >> 16;
            if ((words[at] & 0xffff) == OP_NAME && words[at + 1] < words[3] && local[words[at + 1]]) {
                uint32_t head[2];
                memset(name, 0, sizeof name);
                size_t bytes = (size_t)snprintf(name, sizeof name - 3, "%s.%s", kernel, (const char *)(words + at + 2)) / 4 * 4 + 4;
                head[0] = (uint32_t)((2 + bytes / 4) << 16 | OP_NAME);
                head[1] = words[at + 1];
                wanted = bytes < sizeof name && fwrite(head, sizeof head, 1, file) && fwrite(name, bytes, 1, file);
            } else {
                wanted = fwrite(words + at, sizeof *words, length, file) == length;
            }
        }
    }
    free(local);
    return wanted != 0;
}

static cl_program CL_API_CALL with_il(cl_context context, const void *module, size_t length, cl_int *error) {
    char name[2048], renamed[2100], bitcode[2100], command[8192];
    int whole = 0;
    cl_program program = 0;
    cl_int code = CL_INVALID_VALUE;
    FILE *file;
    snprintf(name, sizeof name, "%s/%d-%d.spv", modules, (int)getpid(), __sync_add_and_fetch(&written, 1));
    snprintf(renamed, sizeof renamed, "%s.renamed", name);
    snprintf(bitcode, sizeof bitcode, "%s.bc", name);
    snprintf(command, sizeof command, "LD_PRELOAD= '%s' -r '%s' -o '%s'", to_llvm ? to_llvm : "llvm-spirv", renamed, bitcode);
    if ((file = fopen(name, "wb"))) {
        whole = fwrite(module, 1, length, file) == length;
        whole &= !fclose(file);
    }
    if (whole && (file = fopen(renamed, "wb"))) {
        whole = with_clangs_names(module, length / sizeof(uint32_t), file);
        if (!fclose(file) && whole && !system(command) && (file = fopen(bitcode, "rb"))) {
            program = from_bitcode(context, file, &code);
            fclose(file);
        }
    }
    if (error) *error = code;
    return program;
}

static int fails(const char *call) {
    char word[32];
    int found = 0;
    FILE *file = faults ? fopen(faults, "r") : 0;
    if (!file) return 0;
    while (!found && fscanf(file, "%31s", word) == 1) found = !strcmp(word, call);
    fclose(file);
    return found;
}

static cl_int CL_API_CALL launch(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset, const size_t *global,
        const size_t *local, cl_uint count, const cl_event *wait, cl_event *event) {
    return fails("launch") ? CL_OUT_OF_RESOURCES
                           : next->clEnqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, count, wait, event);
}

static cl_int CL_API_CALL write_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t size, const void *from,
        cl_uint count, const cl_event *wait, cl_event *event) {
    return fails("write") ? CL_OUT_OF_RESOURCES : next->clEnqueueWriteBuffer(queue, buffer, blocking, offset, size, from, count, wait, event);
}

static cl_int CL_API_CALL read_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t size, void *to,
        cl_uint count, const cl_event *wait, cl_event *event) {
    return fails("read") ? CL_OUT_OF_RESOURCES : next->clEnqueueReadBuffer(queue, buffer, blocking, offset, size, to, count, wait, event);
}

static cl_int CL_API_CALL build(cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
        void(CL_CALLBACK *done)(cl_program, void *), void *data) {
    return fails("build") ? CL_BUILD_PROGRAM_FAILURE : next->clBuildProgram(program, count, devices, options, done, data);
}

static cl_int CL_API_CALL finish(cl_command_queue queue) { return fails("finish") ? CL_OUT_OF_RESOURCES : next->clFinish(queue); }

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t size, void *value, size_t *needed) {
    static const char name[] = "sepconv's tests";
    static const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    switch (what) {
    case CL_LAYER_API_VERSION: return give(&version, sizeof version, size, value, needed);
    case CL_LAYER_NAME: return give(name, sizeof name, size, value, needed);
    default: return CL_INVALID_VALUE;
    }
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint entries, const struct _cl_icd_dispatch *target, cl_uint *out_entries,
        const struct _cl_icd_dispatch **out) {
    (void)entries;
    next = target;
    faults = getenv("LAYER_FAULTS");
    modules = getenv("LAYER_MODULES");
    to_llvm = getenv("LAYER_TO_LLVM");
    memset(&layer, 0, sizeof layer);
    layer.clGetDeviceInfo = device_info;
    if (getenv("LAYER_GPU")) {
        layer.clGetDeviceIDs = device_ids;
        layer.clCreateBuffer = create_buffer;
    }
    if (modules) layer.clCreateProgramWithIL = with_il;
    if (faults) {
        layer.clEnqueueNDRangeKernel = launch;
        layer.clEnqueueWriteBuffer = write_buffer;
        layer.clEnqueueReadBuffer = read_buffer;
        layer.clBuildProgram = build;
        layer.clFinish = finish;
    }
    *out = &layer;
    *out_entries = sizeof layer / sizeof layer.clGetPlatformIDs;
    return CL_SUCCESS;
}
