// libedit's el_set, el_get and history take variable arguments, which Swift cannot call: one inline function for each
// form that the notebook uses.
#include <histedit.h>
#include <stdio.h>
#include <wchar.h>

typedef unsigned char (*editline_function)(EditLine *, int);
typedef char *(*editline_prompt)(EditLine *);
typedef int (*editline_reader)(EditLine *, wchar_t *);

static inline EditLine *editline_start(const char *name) { return el_init(name, stdin, stdout, stderr); }
static inline void editline_set_prompt(EditLine *editor, editline_prompt prompt) {
    // Text between two \1 takes no columns: colors.
    el_set(editor, EL_PROMPT_ESC, prompt, '\1');
}
static inline void editline_set_reader(EditLine *editor, editline_reader reader) { el_set(editor, EL_GETCFN, reader); }
static inline void editline_set_emacs_keys(EditLine *editor) { el_set(editor, EL_EDITOR, "emacs"); }
// What is typed while a cell runs waits for the next prompt as it was typed: no line discipline, no echo. It matters at
// the prompt too, which libedit shows before it takes the terminal over: a Ctrl-D in between would be the terminal's.
static inline void editline_keep_keys_for_prompt(EditLine *editor) {
    el_set(editor, EL_SETTY, "-x", "-icanon", "-echo", "-icrnl", NULL);
    // A paste from Windows has CR LF at the ends of its lines: with both as they come that is one end, not two.
    el_set(editor, EL_SETTY, "-d", "-icrnl", "-inlcr", NULL);
}
static inline void editline_set_history(EditLine *editor, History *entries) { el_set(editor, EL_HIST, history, entries); }
static inline void editline_add_function(EditLine *editor, const char *name, const char *help, editline_function function) {
    el_set(editor, EL_ADDFN, name, help, function);
}
static inline void editline_bind(EditLine *editor, const char *keys, const char *function) {
    el_set(editor, EL_BIND, keys, function, NULL);
}
static inline void editline_set_size(History *entries, int size) {
    HistEvent event;
    history(entries, &event, H_SETSIZE, size);
    history(entries, &event, H_SETUNIQUE, 1);
}
static inline int editline_load(History *entries, const char *path) {
    HistEvent event;
    return history(entries, &event, H_LOAD, path);
}
static inline int editline_save(History *entries, const char *path) {
    HistEvent event;
    return history(entries, &event, H_SAVE, path);
}
// Appends one line to a file as editline_save would write it: libedit puts its mark at the beginning of a file only.
static inline int editline_append(const char *line, FILE *file) {
    HistEvent event;
    History *one = history_init();
    if (one == NULL) return -1;
    history(one, &event, H_SETSIZE, 1);
    history(one, &event, H_ENTER, line);
    int count = history(one, &event, H_SAVE_FP, file);
    history_end(one);
    return count;
}
static inline void editline_enter(History *entries, const char *line) {
    HistEvent event;
    history(entries, &event, H_ENTER, line);
}
