typedef int kd_disasm_todo;
