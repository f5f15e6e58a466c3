typedef int kd_transport_todo;
